// A signature drawn with mouse, pen or finger. Whoever does not draw types a name instead, with or without this file.

const INK = "#10243e"; // on white paper in both colour schemes
const WIDTH = 4;

function draw(brush, strokes) {
  const { width, height } = brush.canvas;
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, width, height);
  Object.assign(brush, { strokeStyle: INK, fillStyle: INK, lineWidth: WIDTH, lineCap: "round", lineJoin: "round" });
  for (const points of strokes) {
    brush.beginPath();
    brush.moveTo(...points[0]);
    for (const point of points) brush.lineTo(...point);
    brush.stroke();
  }
}

function board(part, changed) {
  const canvas = part.querySelector("canvas");
  const hidden = part.parentElement.querySelector('input[type="hidden"]');
  const kept = part.parentElement.querySelector('input[type="checkbox"][name$="-drawn"]');
  const [undo, clear] = [part.querySelector("[data-undo]"), part.querySelector("[data-clear]")];
  const brush = canvas.getContext("2d");
  const strokes = [];
  let stroke = null;

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [
      ((event.clientX - box.left) * canvas.width) / box.width,
      ((event.clientY - box.top) * canvas.height) / box.height,
    ];
  };
  const finish = () => {
    draw(brush, strokes);
    hidden.value = strokes.length ? canvas.toDataURL("image/png") : "";
    hidden.disabled = Boolean(kept) && !strokes.length;
    undo.disabled = clear.disabled = !strokes.length;
    if (kept && strokes.length) kept.checked = false;
    changed();
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || stroke) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    stroke = [at(event)];
    strokes.push(stroke);
    draw(brush, strokes);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    stroke.push(at(event));
    draw(brush, strokes);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, () => {
      if (!stroke) return;
      stroke = null;
      finish();
    });
  }
  undo.addEventListener("click", () => {
    strokes.pop();
    finish();
    if (undo.disabled) canvas.closest("fieldset").querySelector('input[type="text"]').focus();
  });
  clear.addEventListener("click", () => {
    strokes.length = 0;
    finish();
    canvas.closest("fieldset").querySelector('input[type="text"]').focus();
  });
  draw(brush, strokes);
  part.hidden = false;
}

export function start(root, changed) {
  for (const part of root.querySelectorAll("[data-draw]")) board(part, changed);
}
