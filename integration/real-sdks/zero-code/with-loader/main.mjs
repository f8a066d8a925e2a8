/** An app of the folder above, named by APP, whose first file is in this one. */
await import(`../apps/${process.env.APP}`);
