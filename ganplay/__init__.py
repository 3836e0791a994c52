"""Small GANs that train while you watch: `Trainer(RunConfig()).advance(1000)`."""
