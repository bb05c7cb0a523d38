import type { ReactNode } from "react";

function Icon(props: { readonly children: ReactNode; readonly size?: number }): ReactNode {
  const size = props.size ?? 20;
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {props.children}
    </svg>
  );
}

export const CloseIcon = (): ReactNode => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);

export const SearchIcon = (): ReactNode => (
  <Icon>
    <circle cx="11" cy="11" r="6.5" />
    <path d="M16 16l4.5 4.5" />
  </Icon>
);

export const WarnIcon = (): ReactNode => (
  <Icon>
    <path d="M12 3.5l9.5 16.5h-19z" />
    <path d="M12 10v4.5M12 17.2v.1" />
  </Icon>
);

export const CheckIcon = (): ReactNode => (
  <Icon>
    <path d="M4.5 12.5l5 5 10-11" />
  </Icon>
);

export const ScanIcon = (): ReactNode => (
  <Icon size={44}>
    <path d="M3 8V4h4M21 8V4h-4M3 16v4h4M21 16v4h-4" strokeWidth="1.4" />
    <path d="M7 8v8M10 8v8M12.5 8v8M15 8v8M17.5 8v8" strokeWidth="1.2" />
  </Icon>
);

export const LockIcon = (): ReactNode => (
  <Icon>
    <rect x="5" y="11" width="14" height="9" rx="2" />
    <path d="M8 11V8a4 4 0 0 1 8 0v3" />
  </Icon>
);

/** One dot: alone. Two joined: neighbours. Three joined, filled: everything. */
export const NetworkIcon = (props: { readonly state: "alone" | "neighbours" | "everything" }): ReactNode => {
  if (props.state === "alone") {
    return (
      <Icon size={24}>
        <circle cx="12" cy="12" r="4" />
        <path d="M3.5 12h1.5M19 12h1.5M12 3.5V5M12 19v1.5" strokeDasharray="1.5 3" />
      </Icon>
    );
  }
  if (props.state === "neighbours") {
    return (
      <Icon size={24}>
        <circle cx="6.5" cy="12" r="3.5" fill="currentColor" />
        <circle cx="17.5" cy="12" r="3.5" fill="currentColor" />
        <path d="M10 12h4" />
      </Icon>
    );
  }
  return (
    <Icon size={24}>
      <path d="M6 17.5h12M6.5 17L12 7M17.5 17L12 7" />
      <circle cx="12" cy="6.5" r="3.2" fill="currentColor" />
      <circle cx="5.8" cy="17.3" r="3.2" fill="currentColor" />
      <circle cx="18.2" cy="17.3" r="3.2" fill="currentColor" />
    </Icon>
  );
};
