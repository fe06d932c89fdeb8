/** What Spark ML asks of estimators and models: params, columns of vectors, persistence. */
@NullMarked
package io.deepincubation.spark.ml;

import org.jspecify.annotations.NullMarked;
