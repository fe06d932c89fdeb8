package io.deepincubation.core.data.batch;

import io.deepincubation.core.data.annotation.LabelMap;
import io.deepincubation.core.data.annotation.SceneObjects;
import io.deepincubation.core.data.pixels.Picture;
import org.jspecify.annotations.Nullable;

/**
 * An image of a dense task as evaluation sees it, with the right answers.
 *
 * @param height rows of the input
 * @param width columns of the input
 * @param picture the original image
 * @param mask the classes of the original image's pixels; null where objects are annotated
 * @param objects on the original image, and its size; null where classes of pixels are annotated
 */
public record EvaluatedScene(
    int height,
    int width,
    Picture picture,
    @Nullable LabelMap mask,
    @Nullable SceneObjects objects) {}
