"""What the operator has: the processes, the demo, and what looks after an installation."""

from portal.cli import backing_up, demo, duties, examining, examining_servers, serving, verifying, watched
from portal.kernel import sweeping
from portal.kernel.backups import schedule, standing
from portal.kernel.feature import Feature

CLI = Feature(
    declares=(duties, examining, examining_servers, schedule, standing, sweeping, watched),
    commands=(
        serving.serve,
        serving.worker_command,
        serving.migrate,
        demo.demo,
        verifying.verify,
        verifying.doctor,
        verifying.queue,
        backing_up.backup,
        backing_up.restore,
        backing_up.rehearse,
    ),
)
