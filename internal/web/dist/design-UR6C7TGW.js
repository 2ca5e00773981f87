import{a as c}from"./chunk-HR4MMB5U.js";import{b as a,f as d}from"./chunk-KZSEJ7RP.js";var l=o=>o.split(/\s+/).filter(Boolean).length,r=class extends HTMLElement{get area(){return a("textarea",this)}update=()=>{let e=a("[data-count]",this);if(!e)return;let s=this.area?.value??"",t=Math.max(0,l(s)-c(s,"mermaid").reduce((u,h)=>u+l(h)+2,0)),n=Number(this.dataset.most),i=n>0&&t>n;e.toggleAttribute("data-over",i),e.textContent=d(this.dataset.words??"",{n:t})+(i?" "+(this.dataset.over??""):"")};insert=e=>{let s=e.target.closest("[data-insert]")?.dataset.insert,t=this.area;if(s===void 0||!t)return;let n=t.value.slice(0,t.selectionStart),i=n===""||n.endsWith(`

`)?"":n.endsWith(`
`)?`
`:`

`;t.focus(),t.setRangeText(i+s+`
`,t.selectionStart,t.selectionEnd,"end"),t.dispatchEvent(new Event("input",{bubbles:!0}))};connectedCallback(){let e=a("[data-insert]",this);e&&(e.hidden=!1),this.addEventListener("input",this.update),this.addEventListener("click",this.insert),this.closest("form")?.addEventListener("candor-restore",this.update),this.update()}disconnectedCallback(){this.removeEventListener("input",this.update),this.removeEventListener("click",this.insert),this.closest("form")?.removeEventListener("candor-restore",this.update)}};customElements.define("design-text",r);
