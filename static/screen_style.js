// How a talk's screen looks, in the pixels of its page of 1040 x 585; nothing is smaller than 13.

export const CSS = `
.screen { position: fixed; inset: 0; z-index: 999999; overflow: hidden; background: var(--paper); color: var(--ink);
  font-family: "Source Sans", "Source Sans Pro", system-ui, sans-serif; font-variant-numeric: tabular-nums;
  --paper: #ffffff; --ink: #31333f; --soft: #f0f1f6; --edge: #d4d5de; --loud: #b34700; --accent: #5a559b;
  --st-text-color: var(--ink); --st-background-color: var(--paper); color-scheme: light; }
.screen.is-dark { --paper: #101218; --ink: #e8e9ef; --soft: #1e212b; --edge: #3a3e4b; --loud: #ff9a4d; --accent: #b6b1f2;
  color-scheme: dark; }
.screen-page { position: absolute; left: 0; top: 0; transform-origin: 0 0; font-size: 13px; line-height: 1.35; }
.screen-page [hidden] { display: none; }
.screen-picture { position: absolute; inset: 0; }
.screen .live-figure, .screen .live-figure canvas { position: absolute; }
.screen .live-figure canvas { inset: 0; width: 100%; height: 100%; }
.screen .live-readout { position: absolute; padding: 2px 8px; border-radius: 4px; font-size: 13px; pointer-events: none;
  background: color-mix(in srgb, var(--paper) 85%, transparent); }
.screen-words { position: absolute; display: flex; flex-direction: column; }
.screen-title { font-size: 16px; color: var(--loud); font-weight: 600; }
.screen h1 { margin: 0; padding: 0; font-size: 32px; line-height: 38px; font-weight: 700; color: var(--ink); }
.screen-what-if { align-self: flex-start; margin: 3px 0 1px; padding: 1px 10px; border-radius: 6px; font-size: 17px;
  font-weight: 600; color: var(--paper); background: var(--loud); }
.screen-what-if:empty, .screen-hint:empty { display: none; }
.screen-words p { margin: 6px 0 0; font-size: 18px; line-height: 25px; text-wrap: pretty; }
.screen-numbers { display: flex; gap: 12px; margin-top: 12px; }
.screen-numbers div { flex: 1; padding: 4px 14px 6px; border-radius: 8px; background: var(--soft); white-space: nowrap; }
.screen-numbers b { font-size: 34px; line-height: 40px; font-weight: 700; }
.screen-numbers i { margin-left: 8px; font-size: 16px; font-style: normal; }
.screen-numbers span { display: block; font-size: 15px; line-height: 19px; }
.screen-evidence { flex: 1; margin-top: 8px; min-height: 0; }
.screen-hint { align-self: flex-start; margin-top: 6px; padding: 4px 14px; border-radius: 8px; font-size: 17px; font-weight: 600;
  color: var(--loud); border: 1.5px solid var(--loud); }
.screen-banner { position: absolute; left: 14px; top: 8px; width: 489px; box-sizing: border-box; padding: 8px 14px;
  border-radius: 8px; font-size: 17px; color: #fff; background: #b34700; }
.screen-line { position: absolute; color: var(--ink); }
.screen-foot { position: absolute; left: 14px; right: 14px; bottom: 0; display: flex; align-items: center; gap: 10px; font-size: 14px; }
.screen-dots { letter-spacing: 3px; color: var(--loud); font-size: 15px; }
.screen-buttons { margin-left: auto; display: flex; gap: 3px; opacity: 0; transition: opacity 0.15s; }
.screen-buttons.is-awake, .screen-buttons:focus-within { opacity: 1; }
.screen-buttons button { padding: 3px 7px; border: 1px solid var(--edge); border-radius: 6px; font: inherit; font-size: 13px;
  color: var(--ink); background: var(--paper); cursor: pointer; white-space: nowrap; }
.screen-buttons button:hover { background: var(--soft); }
.screen :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.screen-card { position: absolute; z-index: 2; left: 50%; top: 50%; transform: translate(-50%, -50%); box-sizing: border-box;
  width: 800px; max-height: 540px; padding: 18px 28px 22px; border-radius: 14px; border: 1px solid var(--edge); background: var(--paper);
  box-shadow: 0 10px 50px #0005; overflow: auto; }
.screen-card h2 { margin: 0 0 8px; padding: 0; font-size: 24px; font-weight: 700; color: var(--ink); }
.screen-card p { margin: 0 0 8px; font-size: 21px; line-height: 30px; }
.screen-card .screen-coming { color: var(--loud); margin: 0; }
.screen-keys { columns: 2; column-gap: 30px; font-size: 17px; line-height: 25px; }
.screen-keys div { display: flex; gap: 12px; align-items: baseline; padding: 3px 0; break-inside: avoid; }
.screen-keys kbd { flex: none; box-sizing: border-box; width: 146px; padding: 0 6px; border-radius: 5px; text-align: center; font: inherit; font-size: 15px; font-weight: 600;
  background: var(--soft); color: var(--ink); white-space: nowrap; }
.screen-card.is-help { width: 900px; }
.screen-card.is-notes { top: auto; bottom: 44px; transform: translateX(-50%); width: 1000px; }
.screen-card.is-qr { display: flex; gap: 24px; align-items: center; }
.screen-card.is-qr[hidden] { display: none; }
.screen-card.is-qr svg { width: 400px; height: 400px; flex: none; border-radius: 8px; background: #fff; }
.screen-card.is-qr p { font-size: 16px; line-height: 23px; }
.screen-address { overflow-wrap: anywhere; font-weight: 600; }
.screen-sentence { position: absolute; z-index: 3; left: 50%; bottom: 44px; transform: translateX(-50%); width: max-content; max-width: 900px;
  padding: 8px 18px; border-radius: 8px; font-size: 17px; color: var(--paper); background: var(--ink); }
@media (prefers-reduced-motion: reduce) { .screen-buttons { transition: none; } }
`;
