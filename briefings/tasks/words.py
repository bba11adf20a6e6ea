"""Korean words of tasks."""

from briefings.tasks.models import TaskState

TASK_STATES = {
    TaskState.QUEUED: "기다리는 중",
    TaskState.RUNNING: "진행 중",
    TaskState.DONE: "마침",
    TaskState.FAILED: "하지 못함",
    TaskState.CANCELLED: "중단함",
}
WORDS = {TaskState: TASK_STATES}
