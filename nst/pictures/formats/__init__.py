"""Read each format of pictures as its specification says, refuse what would be read wrongly, and encode results."""
