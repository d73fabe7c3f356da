// The look of the page and of the widget: light and dark, phone to wall screen. Everything lies under `.ob`, since the
// widget shares a document with the CloudWatch console. What a colour says, a letter or a word says too.

const light = `
color-scheme:light;--bg:#f4f6f8;--card:#fff;--text:#17212b;--muted:#56616d;--line:#dde3e9;--focus:#0b57d0;--none:#eef1f4;
--g:#9fd5bd;--gl:#0b4a34;--bad:#b3261e;--badl:#fff;--warn:#f2b134;--warnl:#2b1d00;--run:#2f6fd6;--runl:#fff;--off:#c5cdd6;--offl:#2b3641;
--good-bg:#0b6b4b;--good-fg:#fff;--bad-bg:#a8201a;--bad-fg:#fff;--warn-bg:#f7c453;--warn-fg:#2b1d00;--bar:#5aa98a;--rail:#e3e8ed`;

const dark = `
color-scheme:dark;--bg:#0f151b;--card:#182029;--text:#e8edf2;--muted:#a3afbb;--line:#2b3641;--focus:#8ab4ff;--none:#202a34;
--g:#24634b;--gl:#d8f3e7;--bad:#ff8a80;--badl:#2a0402;--warn:#f2b134;--warnl:#2b1d00;--run:#7aaaf5;--runl:#06152e;--off:#46525e;--offl:#f0f3f6;
--good-bg:#0e5a41;--good-fg:#f1fbf6;--bad-bg:#8f1d17;--bad-fg:#fff;--warn-bg:#e0a526;--warn-fg:#201500;--bar:#3f8f70;--rail:#2b3641`;

/** Class, letter, colour of the field, colour of the letter. */
const cells: readonly (readonly [string, string, string, string])[] = [
  ["g", "", "--g", "--gl"],
  ["n", "!", "--warn", "--warnl"],
  ["f", "F", "--bad", "--badl"],
  ["m", "M", "--bad", "--badl"],
  ["l", "L", "--bad", "--badl"],
  ["v", "V", "--bad", "--badl"],
  ["s", "S", "--warn", "--warnl"],
  ["x", "?", "--bad", "--badl"],
  ["b", "B", "--run", "--runl"],
  ["r", "R", "--run", "--runl"],
  ["w", "W", "--run", "--runl"],
  ["p", "P", "--off", "--offl"],
];

const cellStyle = cells
  .map(
    ([css, letter, field, sign]) =>
      `.ob b.${css}{background:var(${field});color:var(${sign})}.ob b.${css}::before{content:"${letter}";content:"${letter}" / ""}`,
  )
  .join("\n");

/** A sign of its own shape before each word of standing, so that the colour is never alone. */
const levelStyle = (
  [
    ["stale", "\\2716", "--bad", "--badl"],
    ["troubled", "\\25B2", "--warn", "--warnl"],
    ["new", "\\25CB", "--off", "--offl"],
    ["fresh", "\\2714", "--g", "--gl"],
    ["paused", "\\2016", "--off", "--offl"],
    ["off", "\\2013", "--off", "--offl"],
  ] as const
)
  .map(
    ([level, sign, field, text]) =>
      `.ob .lv.${level}{background:var(${field});color:var(${text})}.ob .lv.${level}::before{content:"${sign}";content:"${sign}" / ""}`,
  )
  .join("\n");

const base = `
.ob{background:var(--bg);color:var(--text);font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;margin:0}
.ob *{box-sizing:border-box}
.ob .page{max-width:1400px;margin:0 auto;padding:16px 20px 48px}
.ob main,.ob .main{container-type:inline-size}
.ob h1{font-size:17px;margin:0;font-weight:650}.ob h2{font-size:16px;margin:0 0 10px;font-weight:650}
.ob h1 small{font-weight:400;color:var(--muted);margin-left:6px}
.ob .top{display:flex;flex-wrap:wrap;gap:4px 20px;align-items:baseline;justify-content:space-between;margin-bottom:12px;color:var(--muted)}
.ob .top h1{color:var(--text)}.ob .top p{margin:0}
.ob .link{padding-left:16px;position:relative}
.ob .link::before{content:"";position:absolute;left:0;top:.35em;width:9px;height:9px;border-radius:50%;background:var(--bar)}
.ob .link.lost{color:var(--text);font-weight:650}.ob .link.lost::before{background:var(--bad);border-radius:0}
.ob code{font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;color:var(--muted);background:none;padding:0}
.ob small{color:var(--muted);font-size:13px}
.ob em{font-style:normal}
.ob section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:16px 18px;margin-top:14px}
.ob .two{display:grid;grid-template-columns:1fr 1fr;gap:14px;align-items:start}
.ob .quiet{color:var(--muted);margin:0}
.ob .verdict{border-radius:10px;padding:18px 22px;display:flex;gap:4px 18px;align-items:baseline;flex-wrap:wrap}
.ob .verdict p{margin:0;font-size:26px;line-height:1.25;font-weight:650;overflow-wrap:anywhere;flex:1 1 320px}
.ob .verdict .sign{font-size:15px;font-weight:600;white-space:nowrap}
.ob .verdict.good{background:var(--good-bg);color:var(--good-fg)}.ob .verdict.good .sign::before{content:"\\2714\\00a0";content:"\\2714\\00a0" / ""}
.ob .verdict.bad{background:var(--bad-bg);color:var(--bad-fg)}.ob .verdict.bad .sign::before{content:"\\2716\\00a0";content:"\\2716\\00a0" / ""}
.ob .verdict.warning{background:var(--warn-bg);color:var(--warn-fg)}.ob .verdict.warning .sign::before{content:"\\25B2\\00a0";content:"\\25B2\\00a0" / ""}
.ob b[class]{display:inline-block;width:14px;height:14px;border-radius:3px;font-size:0;line-height:14px;text-align:center;font-weight:700;vertical-align:middle;overflow:hidden}
.ob b[class]::before{font-size:10px}
.ob b.o{background:var(--none)}
.ob .lv{display:inline-block;border-radius:4px;padding:0 7px;font-size:12px;line-height:19px;font-weight:600;white-space:nowrap}
.ob .lv::before{font-size:10px;margin-right:5px}
.ob ul{margin:0;padding:0;list-style:none}
.ob .list>li{display:flex;gap:10px;padding:8px 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
.ob .list>li:first-child{border-top:0;padding-top:0}.ob .list>li>b{margin-top:4px;flex:none}.ob .list>li>.lv{align-self:start;margin-top:1px}.ob .list>li>div{flex:1;min-width:0}
.ob .list ul{color:var(--muted);font-size:14px}.ob .list code{overflow-wrap:anywhere}
.ob .late{color:var(--text);background:none;text-decoration:underline;text-decoration-thickness:2px;text-decoration-color:var(--bad)}
.ob progress{display:block;width:100%;height:8px;margin-top:6px;accent-color:var(--run)}
.ob summary{cursor:pointer;color:var(--text);padding:6px 0}
.ob .tools{display:flex;flex-wrap:wrap;gap:8px 10px;align-items:center;margin-bottom:12px}
.ob .tools h2{margin:0 8px 0 0}
.ob input[type=search]{font:inherit;color:inherit;background:var(--bg);border:1px solid var(--muted);border-radius:7px;padding:6px 10px;width:290px;max-width:100%}
.ob .counts{display:flex;flex-wrap:wrap;gap:8px}
.ob .count{font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:7px;padding:4px 10px;cursor:pointer;min-height:32px}
.ob .count:hover{border-color:var(--muted)}.ob .count[aria-pressed=true]{border-color:var(--text);box-shadow:inset 0 0 0 1px var(--text)}
.ob .legend{display:flex;flex-wrap:wrap;gap:4px 16px;font-size:13px;color:var(--muted);margin-bottom:10px}
.ob :focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.ob .act a{display:block;line-height:0;cursor:pointer}.ob cwdb-action{display:none}
.ob .said{color:var(--muted);margin:10px 0 0;min-height:1px}
.ob .unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}`;

const rows = `
.ob .head,.ob .db{display:grid;grid-template-columns:minmax(170px,1fr) 150px auto 128px 112px 88px;gap:2px 14px;align-items:center}
.ob .head{color:var(--muted);font-size:12px;padding:0 0 4px;position:relative}
.ob .db{border-top:1px solid var(--line);padding:9px 0}
.ob .head>div[role=columnheader]:last-child{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.ob .nights{display:grid;grid-template-columns:repeat(30,14px);gap:2px;align-items:center}
.ob .head .nights>div{white-space:nowrap;overflow:visible;width:14px;height:18px;font-size:12px}
.ob .head .nights>div span{font-size:0}.ob .head .nights>.monday span{font-size:12px}
.ob .db .nights>b{cursor:pointer}.ob .db .nights>b.o{cursor:default}
.ob .db .nights>b:hover{outline:2px solid var(--muted);outline-offset:1px}
.ob .db .nights>b:focus{outline:3px solid var(--focus);outline-offset:1px;position:relative}
.ob .who{min-width:0}.ob .who strong{overflow-wrap:anywhere;margin-left:8px}
.ob .who>div{color:var(--muted);font-size:13px;overflow-wrap:anywhere}
.ob .age{font-size:13px;color:var(--muted)}.ob .age strong{color:var(--text)}.ob .age>span{display:block;margin-top:2px}
.ob .bar{display:block;width:100%;height:9px}.ob .rail{fill:var(--rail)}.ob .in{fill:var(--bar)}.ob .over{fill:var(--bad)}.ob .mark{fill:var(--text)}
.ob .stale .in{fill:var(--bad)}.ob .paused .over,.ob .off .over{fill:var(--off)}
.ob .trend{display:flex;align-items:center;gap:8px;font-size:13px;white-space:nowrap}.ob .trend em,.ob .next em{display:none;color:var(--muted)}
.ob .spark{width:76px;height:22px;flex:none}.ob .spark polyline{fill:none;stroke:var(--muted);stroke-width:1.5}.ob .spark circle{fill:var(--text)}
.ob .next{font-size:13px;color:var(--muted)}
.ob .why{grid-column:1/-1;font-size:14px}.ob .why li{display:inline;overflow-wrap:anywhere}.ob .why li+li::before{content:"; "}
.ob .db.fresh .why{display:none}`;

const story = `
.ob dialog{background:var(--card);color:var(--text);border:1px solid var(--line);border-radius:12px;padding:18px 22px;width:min(720px,calc(100vw - 24px));max-height:min(85vh,900px);overflow:auto}
.ob dialog::backdrop{background:rgb(0 0 0/.55)}
.ob dialog header{display:flex;justify-content:space-between;gap:12px;align-items:start}
.ob dialog button{font:inherit;color:inherit;background:none;border:1px solid var(--muted);border-radius:7px;padding:4px 14px;cursor:pointer}
.ob .story{overflow-wrap:anywhere}.ob .story+.story{border-top:1px solid var(--line);margin-top:16px}
.ob .story h3{font-size:16px;margin:14px 0 4px}.ob .story h4{font-size:14px;margin:14px 0 4px}.ob .story p{margin:4px 0}
.ob .story dl{display:grid;grid-template-columns:max-content 1fr;gap:2px 14px;margin:10px 0;font-size:14px}
.ob .story dt{color:var(--muted)}.ob .story dd{margin:0}
.ob .story ol{margin:0;padding-left:22px;font-size:14px}.ob .story time{color:var(--muted)}
.ob .failure{border-left:4px solid var(--bad);padding:6px 12px;background:var(--bg);border-radius:0 6px 6px 0}
.ob .hint{color:var(--muted);font-size:13px}.ob .detail{color:var(--muted)}`;

const narrow = `
@container (max-width:1239px){.ob .head{display:none}
.ob .db{grid-template-columns:minmax(170px,1fr) 170px 130px;padding:11px 0}
.ob .nights{grid-column:1/-1;grid-row:2;margin:4px 0}.ob .trend em,.ob .next em{display:inline;margin-right:6px}
.ob .trend{grid-row:3}.ob .next{grid-row:1;grid-column:3}.ob .why{grid-row:4}}
@container (max-width:699px){.ob .two{grid-template-columns:1fr;gap:0}.ob section{padding:13px 12px}
.ob .verdict{padding:15px 16px}.ob .verdict p{font-size:21px;flex-basis:100%}
.ob .db{grid-template-columns:1fr 1fr}.ob .who,.ob .age,.ob .next,.ob .why{grid-column:1/-1;grid-row:auto}
.ob .nights{grid-template-columns:repeat(15,1fr);gap:3px;grid-row:auto}.ob .db .nights>b{width:auto;height:24px;line-height:24px}.ob .db .nights>b::before{font-size:13px}
.ob .trend{grid-row:auto;gap:5px}.ob .spark{width:62px}.ob input[type=search]{width:100%}}
@media (max-width:719px){.ob .page{padding:10px 10px 40px}.ob .story dl{grid-template-columns:1fr}.ob .story dd{margin-bottom:6px}}
@media (prefers-reduced-motion:no-preference){.ob .in,.ob .over{transition:width .4s}}
@media (forced-colors:active){.ob b[class],.ob .lv{forced-color-adjust:none}}`;

/** Follows the system's setting, or the theme named on the element itself, as the widget is told it. */
export const style = `.ob{${light}}
@media (prefers-color-scheme:dark){.ob:not([data-theme]){${dark}}}
.ob[data-theme=dark]{${dark}}
${[base, cellStyle, levelStyle, rows, story, narrow].join("\n")}`.replaceAll(/\n+/g, "\n");
