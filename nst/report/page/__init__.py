"""Write the page of a sweep: `index.html` and all it needs in one folder, for use without server or network."""
