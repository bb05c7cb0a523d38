import { type ReactNode, useState } from "react";
import { useDesk } from "../parts/desk.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Questions } from "../parts/questions.tsx";
import { useFormats, useKeyLayer, useView, useWords } from "../parts/screen-context.tsx";
import { SignIn } from "../parts/sign-in.tsx";
import { LostTill, TopBar } from "../parts/top-bar.tsx";
import { errorText } from "../words/words.ts";
import { Exceptions } from "./exceptions.tsx";
import { Items } from "./items.tsx";
import { PriceBook } from "./price-book.tsx";
import { Report } from "./report.tsx";

const sections = ["items", "book", "report", "exceptions"] as const;
type Section = (typeof sections)[number];

/** The manager's page: prices and who has them, the price book, the day, and what a person has to settle. */
export function Manager(): ReactNode {
  const words = useWords();
  const session = useView("session");
  if (!session) {
    return (
      <>
        <SignIn forManagers />
        <LostTill />
      </>
    );
  }
  return session.role === "manager" || session.may.includes("manage") ? (
    <Desk />
  ) : (
    <div className="stage">
      <TopBar />
      <main className="starting">
        <NotManager text={words.manager.notManager} />
      </main>
    </div>
  );
}

function NotManager(props: { readonly text: string }): ReactNode {
  const words = useWords();
  const { run } = useDesk();
  return (
    <div className="not-manager">
      <h1>{props.text}</h1>
      <KeyButton label={words.manager.otherPerson} look="primary" onPress={() => void run("lock", {})} />
    </div>
  );
}

function Desk(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { message, say, question } = useDesk();
  const exceptions = useView("exceptions");
  const [section, setSection] = useState<Section>("items");
  const [find, setFind] = useState("");
  useKeyLayer(0, {
    onKey: (key) => {
      if (key === "Escape" && message !== null) {
        say(null);
        return true;
      }
      return false;
    },
    // A scan on this page finds the item, whatever has the focus.
    onScan: (code) => {
      setSection("items");
      setFind(code);
      return true;
    },
  });
  return (
    <div className="stage manager">
      <TopBar>
        <a className="key key-quiet" href="/">
          {words.manager.till}
        </a>
      </TopBar>
      <main className="manager-main">
        <h1 className="unseen">{words.manager.title}</h1>
        <nav className="tabs" aria-label={words.manager.sections}>
          {sections.map((id) => (
            <button
              key={id}
              type="button"
              className="tab"
              aria-current={id === section ? "page" : undefined}
              onClick={() => setSection(id)}
            >
              {words.manager[id]}
              {id === "exceptions" && exceptions > 0 ? (
                <span className="tab-count">{formats.count(exceptions)}</span>
              ) : null}
            </button>
          ))}
        </nav>
        <div className="manager-message" aria-live="assertive">
          {message ? (
            <p className={message.type === "error" ? "bar bar-error" : "bar"}>
              {message.type === "note" ? message.text : errorText(words, formats, message.error)}
            </p>
          ) : null}
        </div>
        {section === "items" ? <Items find={find} setFind={setFind} /> : null}
        {section === "book" ? <PriceBook /> : null}
        {section === "report" ? <Report /> : null}
        {section === "exceptions" ? <Exceptions /> : null}
        {question ? (
          <div className="manager-question">
            <Questions />
          </div>
        ) : null}
      </main>
      <LostTill />
    </div>
  );
}
