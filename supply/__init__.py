"""What a release is made of: asked in the build, and on a laptop by `make audit`."""
