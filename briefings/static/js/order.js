// The timetable of the editor follows what is typed; without script ‘다시 계산하기’ asks the server for the same.

const MOST = 180;
const table = document.getElementById("timetable");
const form = table.closest("form");

const minutesIn = (input) => {
  const typed = Number(input?.value || 0);
  return Number.isInteger(typed) && typed >= 0 && typed <= MOST ? typed : 0;
};

const momentIn = (name) => {
  const [day, clock] = [...form.querySelectorAll(`[name="${name}"]`)].map((input) => input.value);
  const moment = day && clock ? Date.parse(`${day}T${clock}`) : NaN;
  return Number.isNaN(moment) ? null : moment / 60000;
};

const clockTime = (minutes) => {
  const [hour, minute] = [Math.floor(minutes / 60) % 24, minutes % 60];
  return [hour, minute].map((part) => String(part).padStart(2, "0")).join(":");
};

const startAndLength = () => {
  const [from, until] = [momentIn("starts_at"), momentIn("ends_at")];
  const clock = form.querySelector('[name="starts_at"][type="time"]')?.value || table.dataset.from;
  const [hour, minute] = clock.split(":").map(Number);
  const length = from !== null && until !== null && until > from ? until - from : Number(table.dataset.minutes);
  return [hour * 60 + minute, length];
};

const recalculate = () => {
  const [start, length] = startAndLength();
  let at = start;
  for (const row of table.querySelectorAll("tbody tr")) {
    const end = [...row.querySelectorAll(".minutes input")].reduce((sum, input) => sum + minutesIn(input), at);
    row.firstElementChild.textContent = `${clockTime(at)}~${clockTime(end)}`;
    at = end;
  }
  const [last, sum] = table.querySelectorAll("tfoot td");
  last.textContent = clockTime(at);
  const left = length - (at - start);
  sum.textContent = table.dataset[left < 0 ? "over" : "left"]
    .replace("{end}", clockTime(at))
    .replace("{until}", clockTime(start + length))
    .replace("{minutes}", Math.abs(left));
};

form.addEventListener("input", (event) => {
  if (event.target.closest(".minutes") || ["starts_at", "ends_at"].includes(event.target.name)) recalculate();
});
