/** The job that makes a training set: any image source becomes Parquet shards and an index. */
@NullMarked
package io.deepincubation.spark.prepare;

import org.jspecify.annotations.NullMarked;
