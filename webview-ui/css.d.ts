// esbuild writes what is imported so to a stylesheet beside the script.
declare module '*.css';
