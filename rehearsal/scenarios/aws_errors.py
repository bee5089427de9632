"""What AWS's own models say of an operation's errors."""

import botocore.loaders
import botocore.model


def errors_of(service: str, operation: str) -> set[str]:
    """The errors that AWS's model has for an operation.

    Raises:
        ValueError: there is no such operation, or none that a burst can hit.
    """
    loader = botocore.loaders.Loader()
    known = loader.list_available_services("service-2")
    if service not in known:
        raise ValueError(f"allowed: an operation of a service of AWS; {service} is none")
    model = botocore.model.ServiceModel(loader.load_service_model(service, "service-2"), service)
    if model.metadata.get("protocol") != "json":
        raise ValueError(f"allowed: a service that speaks JSON, as secretsmanager; not {service}")
    if operation not in model.operation_names:
        raise ValueError(f"allowed: an operation of {service}; {operation} is none")
    return {shape.name for shape in model.operation_model(operation).error_shapes}
