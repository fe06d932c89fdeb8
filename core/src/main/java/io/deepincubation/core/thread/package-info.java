/** Threads beside the work. */
@NullMarked
package io.deepincubation.core.thread;

import org.jspecify.annotations.NullMarked;
