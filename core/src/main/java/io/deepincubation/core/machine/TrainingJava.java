package io.deepincubation.core.machine;

/** What Java is told in processes that train; {@code bin/deep-incubation} tells it the same. */
public final class TrainingJava {

  /**
   * Java's second compiler for the hottest loops alone, those over pixels. What else takes time
   * computes in native libraries: compiling more would take a task's core for minutes, and more
   * memory, than its code gives back.
   */
  public static final String HOT_LOOPS =
      "-XX:Tier4InvocationThreshold=500000 -XX:Tier4MinInvocationThreshold=60000"
          + " -XX:Tier4CompileThreshold=1500000 -XX:Tier4BackEdgeThreshold=4000000";

  /**
   * For processes that only train: little of a small heap is ever new, so threads that collect it
   * beside the others would cost more than they spare.
   */
  public static final String OPTIONS = "-XX:+UseSerialGC " + HOT_LOOPS;

  private TrainingJava() {}
}
