// @ts-check
/** A new agent takes the name of what it begins with, until the person has written one. */

const form = document.getElementById("new-agent");
const name = document.getElementById("name");
let own = name instanceof HTMLInputElement && name.value !== "";

name?.addEventListener("input", () => {
  own = name instanceof HTMLInputElement && name.value !== "";
});
form?.addEventListener("change", (event) => {
  const choice = event.target;
  if (own || !(choice instanceof HTMLInputElement) || !(name instanceof HTMLInputElement) || choice.name !== "start") return;
  name.value = choice.dataset.title || "";
});
