/**
 * ssa.html: one function as a self-contained page, a column per pass.
 *
 * The columns are texts as print.ts writes them (the first two: source and IR). A script in the page
 * makes of every `vN`, `bN` and line number a word that, clicked, is highlighted in all columns; a
 * column that is the same as the one before it starts folded, and a title folds its column or opens
 * it again. No file but this one is needed to read it.
 */

export interface Column {
  readonly title: string;
  readonly text: string;
}

/** Lines `start` to `end` of a file, numbered as values' positions are. */
export function sourceColumn(text: string, start: number, end: number): Column {
  const lines = text.split('\n').slice(start - 1, Math.max(start, end));
  return {
    title: 'sources',
    text: lines.map((line, i) => `@${start + i}\t${line}`).join('\n'),
  };
}

export function htmlPage(name: string, columns: readonly Column[]): string {
  const cells = columns.map((c, i) => {
    const same = i > 0 && columns[i - 1]!.text === c.text;
    return `<section${same ? ' class="folded same"' : ''}><h2>${escape(c.title)}</h2><pre>${words(c.text)}</pre></section>`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(name)}</title><style>${style}</style></head>
<body><header><b>${escape(name)}</b> <span>click values, blocks and lines to highlight them; titles to fold</span></header>
<main>${cells.join('\n')}</main><script>${script}</script></body></html>
`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Ids become elements whose class is the id; a value's definition is marked. */
function words(text: string): string {
  return escape(text)
    .replaceAll(/(^|[^\w.])([vb]\d+|@\d+)\b/gm, (_, before: string, id: string) => {
      const name = id.startsWith('@') ? `l${id.slice(1)}` : id;
      return `${before}<i data-id="${name}">${id}</i>`;
    })
    .replaceAll(/^( {2})(<i data-id="v\d+">)(v\d+<\/i> = \w+)/gm, '$1<b>$2$3</b>');
}

const style = `
body{font:13px/1.35 monospace;margin:0}
header{position:sticky;top:0;left:0;background:#eee;padding:4px 8px}
header span{color:#666}
main{display:flex;align-items:flex-start}
section{border-right:1px solid #ccc;padding:0 8px}
section.folded{padding:0 2px}
section.folded pre{display:none}
section.folded h2{writing-mode:vertical-rl}
section.same h2{color:#999}
h2{font-size:13px;margin:4px 0;cursor:pointer;white-space:nowrap;position:sticky;top:26px;background:#fff}
pre{margin:0}
i{font-style:normal;cursor:pointer}
b{font-weight:600}
@media (prefers-color-scheme:dark){body{background:#181818;color:#ddd}header,h2{background:#262626}section{border-color:#444}}
`;

const script = `
const colors=['#ffd54f','#80deea','#a5d6a7','#f48fb1','#ce93d8','#ffab91','#90caf9','#e6ee9c'];
const on=new Map();
document.addEventListener('click',(e)=>{
  const t=e.target;
  if(t.tagName==='H2'){t.parentElement.classList.toggle('folded');return;}
  const w=t.closest('i[data-id]');
  if(!w)return;
  const id=w.dataset.id;
  const color=on.has(id)?'':colors.find((c)=>![...on.values()].includes(c))??colors[0];
  if(color==='')on.delete(id);else on.set(id,color);
  for(const x of document.querySelectorAll('i[data-id="'+id+'"]')){
    x.style.background=color;x.style.color=color===''?'':'#000';
  }
});
`;
