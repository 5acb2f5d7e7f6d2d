"""Agents: declared as classes, edited in the browser, run from one journal.

``from agents import Signature, InputField, OutputField, SimpleQAAgent`` needs neither a site nor a database; each name is
imported on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agents.adapters.checkpoints import FolderCheckpoints
    from agents.core.autonomy.hook_registry import HookEvent, HookManager, HookPriority
    from agents.core.autonomy.interrupt_handlers import (
        BudgetInterruptHandler,
        ResourceInterruptHandler,
        TimeoutInterruptHandler,
    )
    from agents.core.autonomy.interrupting import InterruptedError, InterruptManager  # noqa: A004 - a subclass of that one
    from agents.core.autonomy.interrupts import InterruptMode, InterruptSource
    from agents.core.control import CLITransport, ControlProtocol, MemoryTransport, StdioTransport
    from agents.core.declare import (
        Agent,
        AgentFailed,
        AgentWaiting,
        BaseAgent,
        InputField,
        OutputField,
        QAConfig,
        Signature,
        SimpleQAAgent,
    )
    from agents.core.declare.autonomous import AutonomousConfig, BaseAutonomousAgent
    from agents.core.declare.batch import BatchAgent, BatchConfig, BatchProcessingAgent
    from agents.core.declare.chain_of_thought import ChainOfThoughtAgent, ChainOfThoughtConfig
    from agents.core.declare.code_generation import CodeConfig, CodeGenerationAgent, CodeGenerationConfig
    from agents.core.declare.config import BaseAgentConfig
    from agents.core.declare.human_approval import HumanApprovalAgent, HumanApprovalConfig
    from agents.core.declare.media import Audio, File, Image
    from agents.core.declare.memory import MemoryAgent, MemoryConfig
    from agents.core.declare.pev import PEVAgent, PEVAgentConfig
    from agents.core.declare.planning import PlanningAgent, PlanningConfig
    from agents.core.declare.rag_research import RAGConfig, RAGResearchAgent
    from agents.core.declare.react import ReActAgent, ReActConfig
    from agents.core.declare.resilient import ResilientAgent, ResilientConfig
    from agents.core.declare.results import Result
    from agents.core.declare.self_reflection import ReflectionConfig, SelfReflectionAgent, SelfReflectionConfig
    from agents.core.declare.streaming_chat import StreamConfig, StreamingChatAgent, StreamingChatConfig
    from agents.core.declare.transcription import TranscriptionAgent, TranscriptionAgentConfig, TranscriptionConfig
    from agents.core.declare.tree_of_thoughts import ToTAgent, ToTAgentConfig
    from agents.core.declare.vision import VisionAgent, VisionAgentConfig
    from agents.core.memory.conversations import ConversationStore, InMemoryConversations
    from agents.core.retrieval import Document, InMemoryRetriever, Retriever
    from agents.core.runtime.ports import ToolContext
    from agents.core.spec.agent import AgentSpec, DemoRule, Limits, ModelSpec, ToolUse
    from agents.core.spec.errors import InvalidSpec, InvalidValues
    from agents.core.spec.permissions import PermissionMode, PermissionPolicy, PermissionRule, PermissionType
    from agents.core.spec.pipeline import MemberSpec, PipelineSpec
    from agents.core.spec.signature import SignatureSpec
    from agents.core.tools.function import tool

_PLACES = {
    "agents.adapters.checkpoints": ("FolderCheckpoints",),
    "agents.core.autonomy.hook_registry": ("HookEvent", "HookManager", "HookPriority"),
    "agents.core.autonomy.interrupt_handlers": (
        "BudgetInterruptHandler",
        "ResourceInterruptHandler",
        "TimeoutInterruptHandler",
    ),
    "agents.core.autonomy.interrupting": ("InterruptManager", "InterruptedError"),
    "agents.core.autonomy.interrupts": ("InterruptMode", "InterruptSource"),
    "agents.core.control": ("CLITransport", "ControlProtocol", "MemoryTransport", "StdioTransport"),
    "agents.core.declare": (
        "Agent",
        "AgentFailed",
        "AgentWaiting",
        "BaseAgent",
        "InputField",
        "OutputField",
        "QAConfig",
        "Signature",
        "SimpleQAAgent",
    ),
    "agents.core.declare.autonomous": ("AutonomousConfig", "BaseAutonomousAgent"),
    "agents.core.declare.chain_of_thought": ("ChainOfThoughtAgent", "ChainOfThoughtConfig"),
    "agents.core.declare.pev": ("PEVAgent", "PEVAgentConfig"),
    "agents.core.declare.planning": ("PlanningAgent", "PlanningConfig"),
    "agents.core.declare.react": ("ReActAgent", "ReActConfig"),
    "agents.core.declare.tree_of_thoughts": ("ToTAgent", "ToTAgentConfig"),
    "agents.core.spec.agent": ("AgentSpec", "DemoRule", "Limits", "ModelSpec", "ToolUse"),
    "agents.core.spec.errors": ("InvalidSpec", "InvalidValues"),
    "agents.core.spec.pipeline": ("MemberSpec", "PipelineSpec"),
    "agents.core.spec.signature": ("SignatureSpec",),
    "agents.core.runtime.ports": ("ToolContext",),
    "agents.core.tools.function": ("tool",),
    "agents.core.declare.config": ("BaseAgentConfig",),
    "agents.core.declare.media": ("Audio", "File", "Image"),
    "agents.core.declare.results": ("Result",),
    "agents.core.declare.rag_research": ("RAGConfig", "RAGResearchAgent"),
    "agents.core.declare.code_generation": ("CodeConfig", "CodeGenerationAgent", "CodeGenerationConfig"),
    "agents.core.declare.memory": ("MemoryAgent", "MemoryConfig"),
    "agents.core.declare.vision": ("VisionAgent", "VisionAgentConfig"),
    "agents.core.declare.transcription": ("TranscriptionAgent", "TranscriptionAgentConfig", "TranscriptionConfig"),
    "agents.core.declare.batch": ("BatchAgent", "BatchConfig", "BatchProcessingAgent"),
    "agents.core.declare.resilient": ("ResilientAgent", "ResilientConfig"),
    "agents.core.declare.streaming_chat": ("StreamConfig", "StreamingChatAgent", "StreamingChatConfig"),
    "agents.core.declare.self_reflection": ("ReflectionConfig", "SelfReflectionAgent", "SelfReflectionConfig"),
    "agents.core.declare.human_approval": ("HumanApprovalAgent", "HumanApprovalConfig"),
    "agents.core.retrieval": ("Document", "InMemoryRetriever", "Retriever"),
    "agents.core.memory.conversations": ("ConversationStore", "InMemoryConversations"),
    "agents.core.spec.permissions": ("PermissionMode", "PermissionPolicy", "PermissionRule", "PermissionType"),
}
_NAMES = {name: place for place, names in _PLACES.items() for name in names}

__all__ = [
    "Agent",
    "AgentFailed",
    "AgentSpec",
    "AgentWaiting",
    "Audio",
    "AutonomousConfig",
    "BaseAgent",
    "BaseAgentConfig",
    "BaseAutonomousAgent",
    "BatchAgent",
    "BatchConfig",
    "BatchProcessingAgent",
    "BudgetInterruptHandler",
    "CLITransport",
    "ChainOfThoughtAgent",
    "ChainOfThoughtConfig",
    "CodeConfig",
    "CodeGenerationAgent",
    "CodeGenerationConfig",
    "ControlProtocol",
    "ConversationStore",
    "DemoRule",
    "Document",
    "File",
    "FolderCheckpoints",
    "HookEvent",
    "HookManager",
    "HookPriority",
    "HumanApprovalAgent",
    "HumanApprovalConfig",
    "Image",
    "InMemoryConversations",
    "InMemoryRetriever",
    "InputField",
    "InterruptManager",
    "InterruptMode",
    "InterruptSource",
    "InterruptedError",
    "InvalidSpec",
    "InvalidValues",
    "Limits",
    "MemberSpec",
    "MemoryAgent",
    "MemoryConfig",
    "MemoryTransport",
    "ModelSpec",
    "OutputField",
    "PEVAgent",
    "PEVAgentConfig",
    "PermissionMode",
    "PermissionPolicy",
    "PermissionRule",
    "PermissionType",
    "PipelineSpec",
    "PlanningAgent",
    "PlanningConfig",
    "QAConfig",
    "RAGConfig",
    "RAGResearchAgent",
    "ReActAgent",
    "ReActConfig",
    "ReflectionConfig",
    "ResilientAgent",
    "ResilientConfig",
    "ResourceInterruptHandler",
    "Result",
    "Retriever",
    "SelfReflectionAgent",
    "SelfReflectionConfig",
    "Signature",
    "SignatureSpec",
    "SimpleQAAgent",
    "StdioTransport",
    "StreamConfig",
    "StreamingChatAgent",
    "StreamingChatConfig",
    "TimeoutInterruptHandler",
    "ToTAgent",
    "ToTAgentConfig",
    "ToolContext",
    "ToolUse",
    "TranscriptionAgent",
    "TranscriptionAgentConfig",
    "TranscriptionConfig",
    "VisionAgent",
    "VisionAgentConfig",
    "tool",
]


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'agents' has no {name!r}; it has: {', '.join(__all__)}")
    return getattr(importlib.import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
