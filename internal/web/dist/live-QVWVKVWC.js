import{a}from"./chunk-DU7MS6FY.js";export{a as subscribe};
