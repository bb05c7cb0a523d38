import { type ReactNode, useEffect, useState } from "react";
import { LockIcon, NetworkIcon, WarnIcon } from "./icons.tsx";
import { useDesk } from "./desk.tsx";
import { useFormats, usePicture, useScreen, useView, useWords } from "./screen-context.tsx";
import { languages } from "../words/languages.ts";

/** Shop and till, what needs attention, the network, the time, and who is signed in. */
export function TopBar(props: { readonly onNetwork?: () => void; readonly children?: ReactNode }): ReactNode {
  const words = useWords();
  const store = useView("store");
  const till = useView("till");
  const session = useView("session");
  const { run } = useDesk();
  return (
    <header className="top">
      <p className="top-where">
        <bdi className="top-store">{store.name}</bdi>
        <bdi className="top-till">{till.label}</bdi>
      </p>
      <Notices />
      {props.children}
      <NetworkMark onPress={props.onNetwork} />
      <Clock />
      {session ? (
        <button
          type="button"
          className="key key-quiet top-who"
          aria-label={words.sale.lock(session.name)}
          onClick={() => void run("lock", {})}
        >
          <LockIcon />
          <bdi className="key-label">{session.name}</bdi>
        </button>
      ) : null}
    </header>
  );
}

/** How far this till can be heard, by a word, a shape and since when. Never in the way. */
export function NetworkMark(props: { readonly onPress?: (() => void) | undefined }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const network = useView("network");
  const body = (
    <>
      <NetworkIcon state={network.state} />
      <span className="unseen">{words.network.title}: </span>
      <span className="network-words">
        <span className="network-state">{words.network[network.state]}</span>{" "}
        <span className="network-since">{words.network.since(formats.clock(network.sinceMs))}</span>
      </span>
    </>
  );
  return props.onPress ? (
    <button
      type="button"
      className={`network network-${network.state} key key-quiet`}
      onClick={props.onPress}
    >
      {body}
    </button>
  ) : (
    <p className={`network network-${network.state}`}>{body}</p>
  );
}

function Notices(): ReactNode {
  const words = useWords();
  const till = useView("till");
  const notices = [
    till.storage === "ok" ? null : words.notices[till.storage],
    till.clock.trusted ? null : words.notices[till.clock.reason],
  ].filter((notice) => notice !== null);
  return (
    <div className="notices" role="status">
      {notices.map((notice) => (
        <p key={notice} className="notice">
          <WarnIcon />
          {notice}
        </p>
      ))}
    </div>
  );
}

function Clock(): ReactNode {
  const formats = useFormats();
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 5_000);
    return () => clearInterval(timer);
  }, []);
  return <time className="clock">{formats.clock(nowMs)}</time>;
}

/** Language and theme: kept on this screen, nothing else is. */
export function PreferenceKeys(): ReactNode {
  const words = useWords();
  const { preferences, prefer } = useScreen();
  const other = preferences.language === "en" ? "he" : "en";
  const dark =
    preferences.theme === "dark" ||
    (preferences.theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  return (
    <div className="preferences">
      <button
        type="button"
        className="key key-quiet"
        lang={other}
        onClick={() => prefer({ language: other })}
      >
        <bdi>{languages[other].name}</bdi>
      </button>
      <button
        type="button"
        className="key key-quiet"
        onClick={() => prefer({ theme: dark ? "light" : "dark" })}
      >
        {dark ? words.common.lightTheme : words.common.darkTheme}
      </button>
    </div>
  );
}

/** Says calmly that the till's service does not answer; the screen keeps what it shows and tries again by itself. */
export function LostTill(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const connection = usePicture((picture) => picture.connection);
  const { state, sinceMs } = connection;
  const [shownFor, setShownFor] = useState<number | null>(null);
  useEffect(() => {
    if (state !== "lost") return;
    const timer = setTimeout(() => setShownFor(sinceMs), 300);
    return () => clearTimeout(timer);
  }, [state, sinceMs]);
  if (state !== "lost" || shownFor !== sinceMs) return null;
  return (
    <div className="lost" role="alert">
      <p className="lost-title">{words.lost.title}</p>
      <p>{words.lost.what(formats.clock(sinceMs))}</p>
    </div>
  );
}
