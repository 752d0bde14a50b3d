import React from "react";
import { createRoot } from "react-dom/client";

export const { createElement, StrictMode, useCallback, useEffect, useMemo, useState, useSyncExternalStore } = React;
export { createRoot };
