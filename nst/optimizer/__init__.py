"""L-BFGS, Adam, and the loop that moves a picture; none of them knows of disks."""
