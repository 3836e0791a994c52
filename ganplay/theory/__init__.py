"""The closed forms behind GANs, each with its equation and source."""
