/** Deep Incubation on Apache Spark: the facade, and module incubation as one job. */
@NullMarked
package io.deepincubation.spark;

import org.jspecify.annotations.NullMarked;
