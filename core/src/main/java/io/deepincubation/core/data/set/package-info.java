/** Prepared training sets: their shards, their node-local cache and tables of their images. */
@NullMarked
package io.deepincubation.core.data.set;

import org.jspecify.annotations.NullMarked;
