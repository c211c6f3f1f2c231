"""L-BFGS whose inverse Hessian starts from a filter over spatial frequencies instead of the identity."""
