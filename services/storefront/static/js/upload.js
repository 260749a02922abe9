// Uploads in pieces by tus 1.0.0: shows how far it is, goes on after a dropped connection, also after a reload.
const PIECE = 8 * 1024 * 1024;
const TRIES = 8;
const LONGEST_WAIT = 15000;
// Another offset, a damaged piece, a token that ended, a server that is away: asking again helps.
const WORTH_RETRYING = [401, 408, 409, 423, 429, 460, 500, 502, 503, 504];
const RENEW_BEFORE = 60;
const TUS = { "Tus-Resumable": "1.0.0" };

class Token {
  constructor(url, csrf) {
    this.url = url;
    this.csrf = csrf;
    this.endsAt = 0;
  }

  async header() {
    if (Date.now() > this.endsAt) {
      const body = new URLSearchParams({ csrf_token: this.csrf });
      const response = await fetch(this.url, { method: "POST", body });
      if (!response.ok || response.redirected) throw new Refusal(response.status);
      const given = await response.json();
      this.text = given.token;
      this.endsAt = Date.now() + (given.seconds - RENEW_BEFORE) * 1000;
    }
    return { Authorization: `Bearer ${this.text}`, ...TUS };
  }
}

class Refusal extends Error {
  constructor(status, detail) {
    super(detail ?? `status ${status}`);
    this.status = status;
    this.detail = detail;
  }
}

const base64 = (text) => btoa(String.fromCodePoint(...new TextEncoder().encode(text)));

// Waits, but no longer than until the connection is back.
const waiting = (ms) =>
  new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      done();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
  });

async function begin(form, file, token) {
  const response = await fetch(form.dataset.uploads, {
    method: "POST",
    headers: {
      ...(await token.header()),
      "Upload-Length": String(file.size),
      "Upload-Metadata": `filename ${base64(file.name)},purpose ${base64(form.dataset.upload)}`,
    },
  });
  if (!response.ok) {
    const problem = await response.json().catch(() => ({}));
    throw new Refusal(response.status, problem.detail);
  }
  return response.headers.get("Location").split("/").pop();
}

async function offsetOf(url, token) {
  const response = await fetch(url, { method: "HEAD", headers: await token.header() });
  if (!response.ok) throw new Refusal(response.status);
  return Number(response.headers.get("Upload-Offset"));
}

function sendPiece(url, headers, piece, offset, onProgress) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("PATCH", url);
    const all = { ...headers, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
    for (const [name, value] of Object.entries(all)) request.setRequestHeader(name, value);
    request.upload.onprogress = (event) => onProgress(offset + event.loaded);
    request.onload = () => {
      if (request.status === 204) done(Number(request.getResponseHeader("Upload-Offset")));
      else failed(new Refusal(request.status));
    };
    request.onerror = request.ontimeout = () => failed(new Error("connection"));
    request.send(piece);
  });
}

// The id of a begun upload outlives a reload, so that the same file goes on where it stopped.
const memory = (form, file) => `upload ${form.action} ${file.name} ${file.size} ${file.lastModified}`;

async function upload(form, file, token, show) {
  if (!file.size) throw new Refusal(422, form.dataset.wordsEmpty);
  const key = memory(form, file);
  let id = localStorage.getItem(key);
  let offset = 0;
  if (id) {
    try {
      offset = await offsetOf(`${form.dataset.uploads}/${id}`, token);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      id = null;
    }
  }
  if (!id) {
    id = await begin(form, file, token);
    localStorage.setItem(key, id);
  }
  const url = `${form.dataset.uploads}/${id}`;
  let failures = 0;
  while (offset < file.size) {
    try {
      const piece = file.slice(offset, offset + PIECE);
      offset = await sendPiece(url, await token.header(), piece, offset, (sent) => show(sent, false));
      failures = 0;
    } catch (error) {
      failures += 1;
      if (failures > TRIES || (error instanceof Refusal && !WORTH_RETRYING.includes(error.status))) throw error;
      if (error.status === 401) token.endsAt = 0;
      show(offset, true);
      await waiting(Math.min(500 * 2 ** failures, LONGEST_WAIT));
      offset = await offsetOf(url, token).catch(() => offset);
    }
  }
  return id;
}

function prepare(form) {
  const input = form.elements.content;
  const place = form.querySelector("[data-upload-progress]");
  const bar = place.querySelector("progress");
  const words = place.querySelector("[data-upload-words]");
  const button = form.querySelector("[type=submit], button:not([type])");
  const say = form.dataset;
  const inMB = (bytes) => (bytes / 1e6).toFixed(1);

  form.addEventListener("submit", async (event) => {
    const files = [...input.files];
    if (!files.length) return;
    event.preventDefault();
    const token = new Token(say.token, form.elements.csrf_token.value);
    const all = files.reduce((sum, file) => sum + file.size, 0);
    let before = 0;
    const show = (sent, resumed) => {
      const percent = all ? Math.floor((100 * (before + sent)) / all) : 0;
      bar.value = percent;
      words.textContent = resumed
        ? say.wordsResumed
        : `${say.wordsProgress} ${percent}% · ${inMB(before + sent)} / ${inMB(all)} MB`;
    };
    place.hidden = false;
    button.disabled = true;
    show(0, false);
    try {
      const ids = [];
      for (const file of files) {
        ids.push(await upload(form, file, token, show));
        before += file.size;
      }
      bar.value = 100;
      words.textContent = say.wordsDone;
      attach(form, ids);
      for (const file of files) localStorage.removeItem(memory(form, file));
    } catch (error) {
      words.textContent = error.detail ?? say.wordsFailed;
      button.disabled = false;
    }
  });

  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("drop--over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("drop--over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("drop--over");
    input.files = event.dataTransfer.files;
  });
}

// The bytes are there already: the form itself goes out with the uploads' ids alone.
function attach(form, ids) {
  for (const id of ids) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "upload_id";
    field.value = id;
    form.append(field);
  }
  form.elements.content.disabled = true;
  form.enctype = "application/x-www-form-urlencoded";
  form.submit();
}

for (const form of document.querySelectorAll("form[data-upload]")) prepare(form);
