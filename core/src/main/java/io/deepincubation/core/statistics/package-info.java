/** What may be claimed of measurements: estimates with their intervals, and many claims at once. */
@NullMarked
package io.deepincubation.core.statistics;

import org.jspecify.annotations.NullMarked;
