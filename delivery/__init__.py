"""The delivery file: what is delivered, where to, and how carefully."""

from delivery.access import Access
from delivery.audit import Audit
from delivery.bake import Bake
from delivery.canary import Canary, Objectives
from delivery.connection import (
    BitbucketSource,
    GitHubEnterpriseSource,
    GitHubSource,
    GitLabSelfManagedSource,
    GitLabSource,
)
from delivery.environment import Environment, Toolchain
from delivery.errors import DeliveryError, Problem
from delivery.model import Delivery
from delivery.parameter import Parameter
from delivery.place import Place
from delivery.reader import load
from delivery.secret import Secret
from delivery.service import Service
from delivery.source import CodeCommitSource, Source
from delivery.window import Window

__all__ = [
    "Access",
    "Audit",
    "Bake",
    "BitbucketSource",
    "Canary",
    "CodeCommitSource",
    "Delivery",
    "DeliveryError",
    "Environment",
    "GitHubEnterpriseSource",
    "GitHubSource",
    "GitLabSelfManagedSource",
    "GitLabSource",
    "Objectives",
    "Parameter",
    "Place",
    "Problem",
    "Secret",
    "Service",
    "Source",
    "Toolchain",
    "Window",
    "load",
]
