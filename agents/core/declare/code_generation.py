"""CodeGenerationAgent: writes code with tests and documentation, and runs the tests where that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from agents.core.declare.agent import BaseAgent
from agents.core.declare.config import BaseAgentConfig
from agents.core.declare.fields import InputField, OutputField
from agents.core.declare.results import Result
from agents.core.declare.signature import Signature
from agents.core.spec.agent import DemoRule


@dataclass
class CodeConfig(BaseAgentConfig):
    """With ``run_tests`` the tests are run in the sandbox, and failing code is repaired up to ``max_repairs`` times."""

    programming_language: str = "python"
    include_tests: bool = True
    include_documentation: bool = True
    run_tests: bool = False
    max_repairs: int = 2
    timeout_s: float = 20.0


CodeGenerationConfig = CodeConfig


class CodeGenerationSignature(Signature):
    """Write the code that the task asks for."""

    task_description: str = InputField("What the code is to do", min_length=1)
    language: str = InputField("The programming language; empty: the configured one", default="")
    code: str = OutputField("The complete code")
    explanation: str = OutputField("How it works, in a few sentences")
    test_cases: str = OutputField("The tests as one unittest module; empty when there are none", default="")
    documentation: str = OutputField("How it is used; empty when there is none", default="")
    confidence: float = OutputField("How sure it is that the code is right, from 0 to 1", ge=0, le=1)
    lines_of_code: int = OutputField("Lines of the code that are not empty")
    has_tests: bool = OutputField("Whether there are tests")
    has_documentation: bool = OutputField("Whether there is documentation")
    executed: bool = OutputField("Whether the code was really run against its tests")
    test_status: str = OutputField("passed, failed or not_run")
    test_report: str = OutputField("Why it is so, with the output of the tests")
    repairs: int = OutputField("How often failing code was sent back")


class CodeGenerationAgent(BaseAgent):
    """Writes code, explains it and tests it."""

    __strategy__ = "code_generation"
    __signature__ = CodeGenerationSignature
    __demo__ = (
        DemoRule(
            set={
                "code": 'def greet(name: str) -> str:\n    """A greeting."""\n    return "Hello, " + name + "!"\n',
                "explanation": "The demo model always writes the same small function: it is fixed rules, not an AI.",
                "test_cases": (
                    "import unittest\n\nfrom solution import greet\n\n\nclass GreetTest(unittest.TestCase):\n"
                    '    def test_it_greets_by_name(self):\n        self.assertEqual(greet("Ada"), "Hello, Ada!")\n'
                ),
                "documentation": 'Call greet("Ada") and get "Hello, Ada!".',
                "confidence": 0.5,
            },
        ),
    )
    __config__ = CodeConfig()

    def generate(self, task_description: str, language: str = "") -> Result:
        """All outputs, and ``language`` as it was used."""
        result = self.run(task_description=task_description, language=language)
        result["language"] = language or self.spec.strategy_params.get("programming_language", "python")
        return result

    generate_code = ask = generate
