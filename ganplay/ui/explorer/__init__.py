"""The explorer: what a trained DCGAN has in its latent space, a view for each question."""
