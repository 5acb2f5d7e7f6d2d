// @ts-check
/** How the widget looks: the style of its shadow root. A part of the one script that the site joins and serves. */
const CSS_TEXT = `
:host{all:initial}
*{box-sizing:border-box}
[hidden]{display:none!important}
.frame{--bg:#fff;--ink:#18222c;--dim:#55606b;--line:#d9dde1;--soft:#f1f3f5;font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:var(--ink);position:fixed;bottom:20px;z-index:2147483000;display:flex;flex-direction:column;gap:12px}
.frame.right{right:20px;align-items:flex-end}.frame.left{left:20px;align-items:flex-start}
.frame[data-scheme=dark]{--bg:#161c22;--ink:#e8ecf0;--dim:#a3adb8;--line:#343d47;--soft:#222a32}
@media (prefers-color-scheme:dark){.frame[data-scheme=auto]{--bg:#161c22;--ink:#e8ecf0;--dim:#a3adb8;--line:#343d47;--soft:#222a32}}
.frame.page{position:static;height:100dvh}.frame.page .panel{width:100%;max-width:none;height:100dvh;max-height:none;border:0;border-radius:0;box-shadow:none}
.frame.page .log,.frame.page .composer,.frame.page .tools,.frame.page .note,.frame.page header{padding-inline:max(16px,calc(50vw - 360px))}
.launcher{width:56px;height:56px;border-radius:50%;border:0;background:var(--c);color:var(--on);font-size:24px;cursor:pointer;box-shadow:0 4px 16px #0004;position:relative}
.launcher[data-unread]::after{content:"";position:absolute;top:2px;right:2px;width:14px;height:14px;border-radius:50%;background:#d33;border:2px solid #fff}
.panel{display:flex;flex-direction:column;width:380px;max-width:calc(100vw - 40px);height:600px;max-height:calc(100dvh - 110px);background:var(--bg);border:1px solid var(--line);border-radius:16px;overflow:hidden;box-shadow:0 12px 40px #0003}
header{display:flex;align-items:center;gap:8px;padding:10px 16px;background:var(--c);color:var(--on)}
h2{flex:1;margin:0;font-size:16px;font-weight:650}
button{font:inherit;color:inherit}
button:focus-visible,textarea:focus-visible,input:focus-visible,.log:focus-visible,a:focus-visible{outline:3px solid var(--c);outline-offset:2px}
header button:focus-visible{outline-color:var(--on);outline-offset:-3px}
.quiet{min-width:28px;min-height:28px;border:0;background:none;cursor:pointer;border-radius:8px;padding:4px 8px}
.log{flex:1;overflow-y:auto;padding:16px;display:flex;flex-direction:column;gap:10px}
.msg{max-width:86%;padding:8px 12px;border-radius:14px;overflow-wrap:anywhere}
.msg p{margin:0 0 6px}.msg ul{margin:0 0 6px;padding-inline-start:20px}.msg .text>:last-child,.msg>p:last-child{margin-bottom:0}
.assistant{align-self:flex-start;background:var(--soft);border-bottom-left-radius:4px}
.human{align-self:flex-start;background:var(--bg);border:1px solid var(--c);border-bottom-left-radius:4px}
.user{align-self:flex-end;background:var(--c);color:var(--on);white-space:pre-wrap;border-bottom-right-radius:4px}
.sending{opacity:.8}.live{white-space:pre-wrap}.msg a{color:inherit}
.name{display:block;font-size:12px;color:var(--dim)}
.aside,.note{margin:0;text-align:center;color:var(--dim);font-size:13px}.note{min-height:20px;padding:0 16px}
.aside input{width:100%;font:inherit;padding:6px;border:1px solid var(--line);border-radius:8px;background:var(--bg);color:var(--ink)}
.chips{display:flex;flex-wrap:wrap;gap:6px}
.chip{border:1px solid var(--line);background:var(--bg);color:var(--ink);border-radius:99px;padding:5px 12px;min-height:32px;cursor:pointer;text-align:start}
.chip:hover{border-color:var(--c)}
.tools{display:flex;flex-wrap:wrap;justify-content:center;gap:4px;padding:0 12px}
.tools .quiet{font-size:12px;color:var(--dim);text-decoration:underline}
.composer{display:flex;gap:8px;padding:8px 12px 12px;align-items:flex-end}
textarea{flex:1;resize:none;font:inherit;color:var(--ink);background:var(--bg);border:1px solid #7d8793;border-radius:12px;padding:9px 12px;min-height:42px;max-height:120px;field-sizing:content}
.send{width:42px;height:42px;border:0;border-radius:12px;background:var(--c);color:var(--on);cursor:pointer}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media (max-width:480px){.frame:not(.page){bottom:12px}.frame.right{right:12px}.frame.left{left:12px}.panel{width:calc(100vw - 24px);max-width:none;height:calc(100dvh - 92px);max-height:none}}
@media (prefers-reduced-motion:no-preference){.panel{animation:kz .16s ease-out}@keyframes kz{from{opacity:0;transform:translateY(8px)}}}
`;

