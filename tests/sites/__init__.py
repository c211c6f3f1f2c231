"""Tests of `nst.site`; a package named `site` would hide Python's own."""
