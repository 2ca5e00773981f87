function r(c,u){let i=[],t="",o=0,e=null;for(let l of c.split(`
`)){if(t===""){let n=/^( {0,3})(`{3,}|~{3,})[ \t]*([^\s`]*)(.*)$/.exec(l);if(!n||(n[2]??"").startsWith("`")&&(n[4]??"").includes("`"))continue;t=n[2]??"",o=(n[1]??"").length,e=n[3]===u?[]:null;continue}let s=/^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(l)?.[1];s&&s[0]===t[0]&&s.length>=t.length?(e&&i.push(e.map(n=>n+`
`).join("")),t="",e=null):e?.push(l.replace(new RegExp(`^ {0,${o}}`),""))}return e&&i.push(e.join(`
`)),i}export{r as a};
