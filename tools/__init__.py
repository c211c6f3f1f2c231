"""Programs of this repository, not of the package: they write its pages, and need a checkout."""
