"""One model after the other until one answers; the result says which, and why the others did not.

python docs/examples/resilient.py
"""

from agents import ResilientAgent, ResilientConfig

agent = ResilientAgent(
    ResilientConfig(llm_provider="openai", model="gpt-4o-mini", models=["ollama:llama3.2", "demo"], max_retries=0)
)

result = agent.ask("Are you there?")
print(result["response"])
print(f"Answered by {result['model_used']}; a fallback was used: {result['fallback_used']}")
for attempt in result["attempts"]:
    print(f"  {attempt['model']}: {attempt['status']} {attempt['reason']}".rstrip())
