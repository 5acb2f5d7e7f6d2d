"""Code with its tests, run against them in the sandbox: no network, no files but its own. The result says what was run.

    python docs/examples/code_generation.py

Where bubblewrap is not installed nothing is run, and the result says so.
"""

from agents import CodeConfig, CodeGenerationAgent

agent = CodeGenerationAgent(CodeConfig(programming_language="python", include_tests=True, run_tests=True, max_repairs=2))

result = agent.generate("A function that greets somebody by name")
print(result["code"])
print(f"{result['lines_of_code']} lines of {result['language']}, tests: {result['has_tests']}")
print(f"Executed: {result['executed']}, {result['test_status']}: {result['test_report'].splitlines()[0]}")
