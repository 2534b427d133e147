"""A region of a dozen schools whose indicator values are worked out by hand, and the job that has to arrive at them."""
