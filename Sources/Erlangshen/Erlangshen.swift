// re-exports
