"""What the operator has: the processes, the demo, and what looks after an installation."""

from portal.cli import demo, examining, serving, verifying
from portal.kernel import sweeping
from portal.kernel.feature import Feature

CLI = Feature(
    declares=(examining, sweeping),
    commands=(
        serving.serve,
        serving.worker_command,
        serving.migrate,
        demo.demo,
        verifying.verify,
        verifying.doctor,
        verifying.queue,
    ),
)
