"""What a deployment of the assembly would take away."""
