"""An environment is brought back to an earlier release."""
