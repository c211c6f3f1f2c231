"""Draw figures: grids of pictures and curves of losses."""
