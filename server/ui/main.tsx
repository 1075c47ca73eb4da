import { render } from "preact";
import { createApi } from "./api.ts";
import { App } from "./app.tsx";
import "./style/theme.css";
import "./style/shell.css";
import "./style/list.css";
import "./style/trace.css";
import "./style/log.css";

const place = document.getElementById("app");
if (place !== null) render(<App api={createApi()} />, place);
