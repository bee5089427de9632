"""The delivery file: what is delivered, where to, and how carefully."""

from delivery.canary import Canary, Objectives
from delivery.environment import Environment, Toolchain
from delivery.errors import DeliveryError, Problem
from delivery.model import Delivery
from delivery.reader import load
from delivery.secret import Secret
from delivery.service import Service
from delivery.source import CodeCommitSource

__all__ = [
    "Canary",
    "CodeCommitSource",
    "Delivery",
    "DeliveryError",
    "Environment",
    "Objectives",
    "Problem",
    "Secret",
    "Service",
    "Toolchain",
    "load",
]
