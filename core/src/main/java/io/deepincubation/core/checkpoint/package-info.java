/** What is kept of a run: weights as safetensors, results, resumable state, atomic publication. */
@NullMarked
package io.deepincubation.core.checkpoint;

import org.jspecify.annotations.NullMarked;
