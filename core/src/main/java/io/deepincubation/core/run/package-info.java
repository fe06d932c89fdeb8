/**
 * What is kept of a run: its stages' results, resumable state, metrics, and the lease on its
 * folder.
 */
@NullMarked
package io.deepincubation.core.run;

import org.jspecify.annotations.NullMarked;
